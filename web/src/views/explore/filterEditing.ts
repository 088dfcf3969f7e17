import { createContext, useContext } from 'react';
import type { Filter } from './spec';

/** Opens the editor of filters, which stands in one place however it is asked for. */
export const FilterEditing = createContext<(filter: Filter | null) => void>(() => undefined);

export const useFilterEditing = () => useContext(FilterEditing);
