// node run.mjs LIBRARY CASE SETTINGS: one flow of one client library against a running server.
const [library, flow, settings] = process.argv.slice(2);
const flows = await import(`./${library}.mjs`);
await flows[flow](JSON.parse(settings));
process.stdout.write('{"done":true}\n');
process.exit(0);
