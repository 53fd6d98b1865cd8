import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import typescript from 'typescript-eslint';

/** Runs from the root of the repository: the console, and the scripts of the tests and the bench. Layout is Prettier's, import cycles are dependency-cruiser's. */
export default defineConfig(
  globalIgnores(['**/bin/', '**/obj/', '**/dist/', 'console/src/api/schema.d.ts']),
  js.configs.recommended,
  { rules: { eqeqeq: 'error', curly: ['error', 'multi-line'] } },
  { files: ['tests/**/*.mjs', 'bench/**/*.mjs', 'console/*.js'], languageOptions: { globals: globals.node } },
  // Pages that esbuild bundles for a browser.
  { files: ['tests/clients/browser/*.mjs'], languageOptions: { globals: globals.browser } },
  {
    files: ['console/**/*.{ts,tsx}'],
    extends: [typescript.configs.recommendedTypeChecked, reactHooks.configs.flat.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: "JSXAttribute[name.name='style']",
          message: 'Write a rule in the style sheet beside the component (NAME.module.css); the tokens of Ant Design are there as var(--ant-...).',
        },
        {
          selector: 'TSAsExpression > :matches(TSNeverKeyword, TSUnknownKeyword, TSAnyKeyword)',
          message: 'Give the value its type. What the OpenAPI document lacks is described in the server.',
        },
      ],
    },
  },
);
