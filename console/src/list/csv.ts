import { type ObjectData, textOf } from '../api/kindPaths';

// Spreadsheets read a cell that begins so as a formula, and the text comes from users.
const formula = /^[=+\-@\t\r]/;

function cell(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : textOf(value);
  const safe = formula.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180. The byte order mark tells spreadsheets that the file is UTF-8. */
export const csvHead = (columns: readonly string[]): string => `\ufeff${columns.map(cell).join(',')}\r\n`;

export const csvRows = (columns: readonly string[], objects: readonly ObjectData[]): string =>
  objects.map((object) => `${columns.map((c) => cell(object[c])).join(',')}\r\n`).join('');

export function download(name: string, parts: BlobPart[], type: string): void {
  const address = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
