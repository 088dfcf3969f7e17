import { Button } from '../../components/Button';
import { EmptyState } from '../../components/EmptyState';
import { InProject } from '../../components/InProject';

interface NoDatasetsProps {
  isSearch: boolean;
  isAll: boolean;
  showAll: () => void;
}

export function NoDatasets({ isSearch, isAll, showAll }: NoDatasetsProps) {
  const more = !isAll && <Button onPress={showAll}>Show steps on the way too</Button>;
  if (isSearch) {
    return (
      <EmptyState title="No dataset matches" actions={more}>
        The search looks into names, sources, columns and ids.
      </EmptyState>
    );
  }
  return (
    <InProject>
      <EmptyState title="No datasets yet" actions={more}>
        Datasets appear as soon as a job that ModelDB watches reads a file or fits a model.
      </EmptyState>
    </InProject>
  );
}
