// node run.mjs LIBRARY CASE SETTINGS: one flow of one client library against a running server.
import * as openidClient from './openid-client.mjs'
import * as casdoor from './casdoor-nodejs-sdk.mjs'
import * as oauth4webapi from './oauth4webapi.mjs'

const [library, flow, settings] = process.argv.slice(2)
const flows = { 'casdoor-nodejs-sdk': casdoor, 'openid-client': openidClient, oauth4webapi }[library]
await flows[flow](JSON.parse(settings))
process.stdout.write('{"done":true}\n')
process.exit(0)
