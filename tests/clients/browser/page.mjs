// The parts of a page that a browser client's script has: words of a failure, and buttons.
export const root = document.querySelector('#root');

export function fail(error) {
  root.innerHTML = '<p role="alert"></p>';
  root.firstChild.textContent = error?.stack ?? JSON.stringify(error);
}

export function button(text, press) {
  const element = document.createElement('button');
  element.textContent = text;
  element.addEventListener('click', press);
  root.append(element);
}
