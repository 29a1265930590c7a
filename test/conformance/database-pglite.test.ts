import { openTestDatabase } from '../support/database.js';
import { databaseConformance } from './database.suite.js';

databaseConformance('PGlite', openTestDatabase);
