import type { components } from '../../api/schema';

type Schemas = components['schemas'];

export type Detail = Schemas['DatasetDetail'];
export type Dataset = Schemas['Dataset'];
/** What `related` has too, where it is not asked. */
export type Step = Detail['steps'][number];
export type Learner = Schemas['Learner'];
export type Profile = Schemas['Profile'];
export type Table = Schemas['Table'];
