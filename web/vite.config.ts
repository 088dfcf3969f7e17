import optimizeLocales from '@react-aria/optimize-locales-plugin';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [
    react(),
    // React Aria brings its messages in thirty languages; the page speaks one.
    { ...optimizeLocales.vite({ locales: ['en-US'] }), enforce: 'pre' },
  ],
  build: {
    target: 'es2023',
    // Newer than `target` because of `light-dark()`, which must not be rewritten.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Its polyfill would be an inline script, which the server's policy forbids.
    modulePreload: { polyfill: false },
    // `img-src data:` is allowed, but a file is cached and counted.
    assetsInlineLimit: 0,
    // Vega is one large lazy chunk; the limit that matters is checked by scripts/sizes.mjs.
    chunkSizeWarningLimit: 1000,
    manifest: true,
  },
  server: {
    proxy: {
      '/api': {
        target: process.env.MODELDB_HTTP ?? 'http://127.0.0.1:7618',
        // The agent answers only pages whose origin is the host that they asked.
        changeOrigin: false,
      },
    },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/test-setup.ts'],
  },
});
