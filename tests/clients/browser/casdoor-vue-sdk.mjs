// A page whose own server redeems the code. The plugin gives its functions by useCasdoor() and as properties of each component.
import * as Casdoor from 'casdoor-vue-sdk';
import { createApp, h } from 'vue';

const { settings } = window;
// The package is CommonJS with a default export: a module of type "module" gets its exports as the default import.
const { default: plugin, useCasdoor } = Casdoor.default;

const Home = {
  setup() {
    const { getSigninUrl } = useCasdoor();
    return () => h('a', { href: getSigninUrl() }, 'Sign in');
  },
};

const Callback = {
  data: () => ({ name: '' }),
  async mounted() {
    window.result = await this.signin(location.origin);
    this.name = window.result.name;
  },
  render() {
    return this.name ? h('h1', this.name) : null;
  },
};

createApp(location.pathname === '/callback' ? Callback : Home)
  .use(plugin, {
    serverUrl: settings.serverUrl,
    clientId: settings.clientId,
    appName: settings.application,
    organizationName: settings.organization,
    redirectPath: '/callback',
  })
  .mount('#root');
