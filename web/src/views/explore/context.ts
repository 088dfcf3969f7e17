import { createContext, useCallback, useContext, useEffect, useRef } from 'react';
import type { Option } from '../../components/options';
import type { Fields } from '../../query/fieldRef';
import type { FieldIndex } from './fields';
import type { Spec } from './spec';

export interface Explorer {
  project: string;
  spec: Spec;
  change: (spec: Spec) => void;
  fields: Fields;
  index: FieldIndex;
  /** The fields as lists offer them: made once, since there can be ten thousand. */
  options: readonly Option[];
}

export const ExplorerContext = createContext<Explorer | null>(null);

export function useExplorer(): Explorer {
  const explorer = useContext(ExplorerContext);
  if (!explorer) throw new Error('useExplorer needs an ExplorerContext');
  return explorer;
}

type Step = (spec: Spec) => Spec;

/**
 * The same for those who only change the chart: it never is another function, so the list of fields
 * is not built anew at every change.
 */
export const ApplyContext = createContext<(step: Step) => void>(() => undefined);

export const useApply = () => useContext(ApplyContext);

export function useStableApply(spec: Spec, change: (spec: Spec) => void): (step: Step) => void {
  const latest = useRef({ spec, change });
  useEffect(() => {
    latest.current = { spec, change };
  });
  return useCallback((step) => latest.current.change(step(latest.current.spec)), []);
}
