import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { components } from '../../api/schema';
import { get } from '../../api/query';

export type ModelDetail = components['schemas']['ModelDetail'];
export type Model = components['schemas']['Model'];

export function useModel(id: string) {
  return useQuery(get('/api/v1/models/{model_id}', { params: { path: { model_id: id } } }));
}

/** The search among a pipeline's stages: what it tried and learnt is the pipeline's. */
export function searchInside(detail: ModelDetail | undefined): string | undefined {
  return detail?.inside.find(({ kind }) => kind === 'search')?.model_id;
}

/** The detail, and of a pipeline that ends in a search what is known of that. */
export function useModelAndSearch(id: string) {
  const model = useModel(id);
  const search = searchInside(model.data);
  const path = { model_id: search ?? '' };
  const inside = useQuery({
    ...get('/api/v1/models/{model_id}', { params: { path } }),
    enabled: search !== undefined,
  });
  return { model, search: inside.data };
}

function useRows(id: string, dataset: string, enabled: boolean) {
  const query = dataset === '' ? {} : { dataset };
  return useQuery({
    ...get('/api/v1/models/{model_id}/rows', { params: { path: { model_id: id }, query } }),
    enabled,
    placeholderData: keepPreviousData,
  });
}

/**
 * Sampled rows that the model scored. Of a pipeline that ends in a search, its best model may have
 * scored them.
 */
export function useScored(id: string, search: string | undefined, dataset = '') {
  const own = useRows(id, dataset, id !== '');
  const hasNone = own.data?.datasets.length === 0;
  const inside = useRows(search ?? '', dataset, hasNone && search !== undefined);
  return hasNone && search !== undefined ? inside : own;
}
