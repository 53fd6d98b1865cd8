/**
 * The address of a picture that the page may show, or undefined. Only pictures of this server and data: addresses are shown: another server would
 * learn which user an administrator looks at, and when. The Content-Security-Policy of the page enforces the same.
 */
export function ownPicture(address: unknown, origin: string = location.origin): string | undefined {
  if (typeof address !== 'string' || address.length === 0) return undefined;
  if (/^data:image\//i.test(address)) return address;
  return URL.canParse(address, origin) && new URL(address, origin).origin === origin ? address : undefined;
}

/** The replacement for a picture: the first character of a name. */
export function initial(name: unknown): string {
  return typeof name === 'string' ? (Array.from(name.trim())[0] ?? '').toUpperCase() : '';
}
