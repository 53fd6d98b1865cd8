import i18next from 'i18next';

/** The server writes "never" if there is no time: this gives an empty text. */
export function formatTime(text: unknown): string {
  const time = typeof text === 'string' && text.length > 0 ? new Date(text) : null;
  return time === null || Number.isNaN(time.valueOf())
    ? ''
    : new Intl.DateTimeFormat(i18next.language, { dateStyle: 'medium', timeStyle: 'short' }).format(time);
}

export const formatNumber = (number: number): string => new Intl.NumberFormat(i18next.language).format(number);

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

export function formatBytes(bytes: number): string {
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  return new Intl.NumberFormat(i18next.language, { style: 'unit', unit: units[step], unitDisplay: 'short', maximumFractionDigits: 1 }).format(
    bytes / 1000 ** step,
  );
}
