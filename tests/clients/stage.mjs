// How a client here talks with the test that started it: a line of JSON each way. The test has the browser and the clock.
import { createInterface } from 'node:readline';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function ask(what, value) {
  process.stdout.write(JSON.stringify({ [what]: value }) + '\n');
  const { value: line, done } = await lines.next();
  if (done) throw new Error('the test went away');
  return JSON.parse(line);
}

/** The address that the browser came back to. */
export const browse = async (url) => new URL(await ask('browse', String(url)));

/** The person has entered the code that a device shows, and allowed it. */
export const approveDevice = (url) => ask('approve', url);

/** The server's clock goes on by so many seconds. */
export const passTime = (seconds) => ask('pass', seconds);

export function same(actual, expected, what) {
  if (actual !== expected) throw new Error(`${what} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
}

export async function refused(promise, code) {
  try {
    await promise;
  } catch (e) {
    return same(e.error ?? e.cause?.error ?? e.code, code, 'the refusal');
  }
  throw new Error(`accepted, where ${code} was expected`);
}
