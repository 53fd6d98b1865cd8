/** What the server wrote into the page's head. */
const meta = (name: string): string => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';

/** Styles that scripts add carry it, or the Content-Security-Policy refuses them. */
export const styleNonce = meta('csp-nonce');

/** The address that browsers reach this server under; tokens are issued to the console at no other. */
export const pagesOrigin = meta('postern-origin');

/** The address that Mini Programs and clients reach, and the issuer of the tokens. */
export const issuer = meta('postern-issuer');
