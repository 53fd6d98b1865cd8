import type { ReactNode } from 'react';

/** What may be wider than the screen: scrolled within itself, also by the keyboard. */
export function Wide({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="table" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
