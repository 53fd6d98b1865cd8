import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { precompress } from './build/precompress.ts';

const server = process.env['POSTERN'] ?? 'http://localhost:8000';

export default defineConfig({
  plugins: [react(), precompress()],
  build: {
    // The oldest browsers that support the CSS variables and :where() of antd.
    target: ['chrome111', 'safari16.4', 'firefox114'],
    // The Content-Security-Policy blocks scripts and styles with data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  server: { port: 5173, proxy: Object.fromEntries(['/api', '/login', '/openapi', '/.well-known', '/account'].map((path) => [path, server])) },
  test: { include: ['tests/**/*.test.ts'] },
});
