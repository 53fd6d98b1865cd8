/** What the server wrote into the page's head. */
const meta = (name: string): string => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';

/** Styles that scripts add carry it, or the Content-Security-Policy refuses them. */
export const styleNonce = meta('csp-nonce');

/** The address that browsers reach this server under; tokens are issued to the console at no other. */
export const pagesOrigin = meta('postern-origin');

/** The address that Mini Programs and clients reach, and the issuer of the tokens. */
export const issuer = meta('postern-issuer');

const createElement = document.createElement.bind(document);

// Components add style elements, and some of them forget the nonce.
document.createElement = (name: string, options?: ElementCreationOptions) => {
  const element = createElement(name, options);
  if (element instanceof HTMLStyleElement) {
    element.nonce = styleNonce;
  }

  return element;
};
