/**
 * The address of a picture that the page may show, or undefined. Pictures come from this server, or stand in the address itself: another server would
 * learn which administrator looks at whom, and when. The policy of the page says the same to the browser.
 */
export function ownPicture(address: unknown, origin: string = location.origin): string | undefined {
  if (typeof address !== 'string' || address.length === 0) return undefined;
  if (/^data:image\//i.test(address)) return address;
  return URL.canParse(address, origin) && new URL(address, origin).origin === origin ? address : undefined;
}

/** What stands where there is no picture: the first character of a name. */
export function initial(name: unknown): string {
  return typeof name === 'string' ? (Array.from(name.trim())[0] ?? '').toUpperCase() : '';
}
