/** The user asks the system for little movement (WCAG 2.2 §2.3.3). */
export const isStill = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
