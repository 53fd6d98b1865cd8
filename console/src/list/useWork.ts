import { useCallback, useRef, useState } from 'react';

/** The progress of an action on many items. It can be stopped. */
export interface Work {
  title: string;
  done: number;
  total: number;
  failures: readonly string[];
  isOver: boolean;
}

const atOnce = 4;

/** Runs `step` for each item, a few at once. A failure is reported and does not stop the others. */
export function useWork(): [
  Work | null,
  <T>(title: string, items: readonly T[], name: (item: T) => string, step: (item: T) => Promise<unknown>) => Promise<boolean>,
  () => void,
] {
  const [work, setWork] = useState<Work | null>(null);
  const stopped = useRef(false);
  const run = useCallback(async <T>(title: string, items: readonly T[], name: (item: T) => string, step: (item: T) => Promise<unknown>): Promise<boolean> => {
    stopped.current = false;
    const failures: string[] = [];
    let next = 0;
    let done = 0;
    setWork({ title, done, total: items.length, failures, isOver: false });
    const worker = async (): Promise<void> => {
      while (next < items.length && !stopped.current) {
        const item = items[next++]!;
        try {
          await step(item);
        } catch (error) {
          failures.push(`${name(item)}: ${error instanceof Error ? error.message : String(error)}`);
        }

        done++;
        setWork({ title, done, total: items.length, failures: [...failures], isOver: false });
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
    setWork(failures.length > 0 ? { title, done, total: items.length, failures, isOver: true } : null);
    return failures.length === 0 && !stopped.current;
  }, []);
  const close = useCallback(() => {
    stopped.current = true;
    setWork(null);
  }, []);
  return [work, run, close];
}
