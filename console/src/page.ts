/** A value that the server wrote into the head of the page. */
const meta = (name: string): string => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';

/** Style elements that scripts add need this nonce; the Content-Security-Policy blocks others. */
export const styleNonce = meta('csp-nonce');

/** The server's address for browsers. The console can sign in only there. */
export const pagesOrigin = meta('postern-origin');

/** The server's address for Mini Programs and clients, and the issuer of the tokens. */
export const issuer = meta('postern-issuer');

const createElement = document.createElement.bind(document);

// Some components add style elements without the nonce.
document.createElement = (name: string, options?: ElementCreationOptions) => {
  const element = createElement(name, options);
  if (element instanceof HTMLStyleElement) {
    element.nonce = styleNonce;
  }

  return element;
};
