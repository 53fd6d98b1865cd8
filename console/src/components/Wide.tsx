import type { ReactNode } from 'react';

/** A region for content that can be wider than the screen. It scrolls by itself, also with the keyboard. */
export function Wide({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="table" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
