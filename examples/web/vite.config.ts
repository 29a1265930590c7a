import { defineConfig } from 'vite';

import { siteConfig } from './site.js';

const { PORTCULLIS_URL = 'http://127.0.0.1:4000', VITE_API_URL } = process.env;

/** For `npx vite build examples/web` and its like; `npm run web` reads no file. */
export default defineConfig(siteConfig({ portcullisUrl: PORTCULLIS_URL, apiUrl: VITE_API_URL }));
