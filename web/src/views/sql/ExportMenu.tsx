import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { get } from '../../api/query';
import { Button } from '../../components/Button';
import { Code } from '../../components/Code';
import { Dialog } from '../../components/Dialog';
import { ErrorState } from '../../components/ErrorState';
import { Menu } from '../../components/Menu';
import { Tabs } from '../../components/Tabs';
import { download, type FileForm } from './download';
import { cellsOf, reachable } from './notebook';
import { withoutExcerpt } from './place';
import { Running } from './Running';

/** The answer to `query` elsewhere: files, and code for a notebook. */
export function ExportMenu({ query }: { query: string }) {
  const [isCell, setCell] = useState(false);
  const running = useRef<AbortController>(null);
  const save = useMutation({
    mutationFn: (form: FileForm) => {
      running.current = new AbortController();
      return download(query, form, running.current.signal);
    },
  });
  // Nobody waits for it any more.
  useEffect(() => () => running.current?.abort(), []);
  const cancel = () => {
    save.reset();
    running.current?.abort();
  };
  const isDisabled = query.trim() === '';
  return (
    <>
      <Menu
        trigger={
          <Button icon="download" isDisabled={isDisabled || save.isPending}>
            Export
          </Button>
        }
        label="Export the result"
        actions={[
          { id: 'csv', label: 'CSV, all rows', onAction: () => save.mutate('csv') },
          { id: 'parquet', label: 'Parquet, all rows', onAction: () => save.mutate('parquet') },
          { id: 'json', label: 'JSON lines, all rows', onAction: () => save.mutate('json_lines') },
          { id: 'cell', label: 'Notebook cell…', onAction: () => setCell(true) },
        ]}
      />
      {save.isPending && <Running what="Exporting" onCancel={cancel} />}
      <NotebookDialog query={query} isOpen={isCell} onOpenChange={setCell} />
      {save.error && (
        <Dialog title="Export" isOpen onOpenChange={() => save.reset()}>
          <ErrorState
            what="The file was not written"
            error={withoutExcerpt(save.error)}
            onRetry={() => save.mutate(save.variables)}
          />
        </Dialog>
      )}
    </>
  );
}

interface NotebookDialogProps {
  query: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

const PORTS = { grpc: 7617, postgres: 7619 };

function NotebookDialog({ query, isOpen, onOpenChange }: NotebookDialogProps) {
  const status = useQuery({ ...get('/api/v1/status'), enabled: isOpen });
  const { hostname } = window.location;
  const cells = cellsOf(query, {
    grpc: reachable(status.data?.grpc, PORTS.grpc, hostname),
    postgres: reachable(status.data?.postgres, PORTS.postgres, hostname),
  });
  return (
    <Dialog title="Notebook cell" size="wide" isOpen={isOpen} onOpenChange={onOpenChange}>
      <Tabs
        label="Way to ask"
        items={cells.map(({ id, label, install, code }) => ({
          id,
          label,
          content: (
            <div className="stack">
              <Code label={`Python, ${label}`}>{code}</Code>
              <p className="soft">It needs</p>
              <Code label="Packages">{install}</Code>
              {!status.data && (
                <p className="soft small">
                  The ports are the defaults: change them if your agent has others.
                </p>
              )}
            </div>
          ),
        }))}
      />
    </Dialog>
  );
}
