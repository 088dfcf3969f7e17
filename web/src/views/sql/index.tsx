import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useId, useMemo, useRef, useState } from 'react';
import { ApiError } from '../../api/client';
import { get, post } from '../../api/query';
import { Button } from '../../components/Button';
import { Card } from '../../components/Card';
import { CopyButton } from '../../components/CopyButton';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { Tabs } from '../../components/Tabs';
import { FUNCTIONS_QUERY, NO_CATALOG, toCatalog } from './catalog';
import { CatalogPanel } from './CatalogPanel';
import type { EditorHandle } from './Editor';
import { STARTER } from './examples';
import { ExportMenu } from './ExportMenu';
import { readDraft, writeDraft } from './memory';
import { withoutExcerpt } from './place';
import { ExampleList, HistoryList } from './QueryList';
import { Results } from './Results';
import { Running } from './Running';
import './sql.css';
import { addDraft, addQuery, clearHistory, useHistory } from './useHistory';
import { useRun } from './useRun';

const Editor = lazy(() => import('./Editor'));

/** Any question: an editor that knows the catalog, its answer, and ways to take it elsewhere. */
export default function Sql() {
  const { query, answer, run, cancel, isCancelled } = useRun();
  const catalog = useCatalog();
  const editor = useRef<EditorHandle>(null);
  const [initial] = useState(() => firstText(query));
  const [text, setText] = useState(initial);
  const history = useHistory();
  const hint = useId();
  const shown = useRef(query);
  const own = useRef<string>(undefined);
  const isRunning = answer.fetchStatus === 'fetching';
  const mistake =
    answer.error instanceof ApiError && text === query ? answer.error.place : undefined;

  function choose(next: string) {
    if (text !== STARTER) addDraft(text);
    editor.current?.replace(next);
    editor.current?.focus();
  }

  function runText() {
    if (text.trim() === '') return;
    own.current = text;
    addQuery(text);
    run(text);
  }

  useEffect(() => writeDraft({ text, base: query }), [text, query]);

  // Back, forward, and links to another query.
  useEffect(() => {
    if (shown.current === query) return;
    shown.current = query;
    // The address follows a moment after Run: what was typed meanwhile is not to be replaced.
    const isOwn = query === own.current;
    own.current = undefined;
    if (query !== '' && !isOwn && query !== text) choose(query);
  });

  const link = `${window.location.origin}/sql?${new URLSearchParams({ query: text }).toString()}`;
  return (
    <Page title="SQL" subtitle="Ask the warehouse anything; nothing here can change it.">
      <div className="sql-layout">
        <div className="stack sql-main">
          <div className="sql-box">
            <Suspense fallback={<Loading what="Opening the editor" />}>
              <Editor
                handle={editor}
                initial={initial}
                catalog={catalog}
                mistake={mistake}
                describedBy={hint}
                onChange={setText}
                onRun={runText}
              />
            </Suspense>
            <div className="sql-tools">
              <Button
                variant="primary"
                icon="play"
                onPress={runText}
                isDisabled={text.trim() === '' || isRunning}
              >
                Run
              </Button>
              {isRunning && <Running key={answer.fetchStatus + query} onCancel={cancel} />}
              <span id={hint} className="soft small sql-hint">
                Ctrl or ⌘ with Enter runs. Escape, then Tab, leaves the editor.
              </span>
              <span className="row">
                <ExportMenu query={text} />
                <CopyButton text={link} label="Copy link" showLabel />
              </span>
            </div>
          </div>
          {answer.error && (
            <ErrorState
              what="The query failed"
              error={withoutExcerpt(answer.error)}
              onRetry={runText}
              retryLabel="Run again"
            />
          )}
          {isCancelled && !isRunning && (
            <p role="status" className="soft">
              Cancelled. What you typed is still there.
            </p>
          )}
          {answer.data && <Results answer={answer.data} />}
        </div>
        <Card>
          <Tabs
            label="Help for queries"
            items={[
              {
                id: 'catalog',
                label: 'Catalog',
                content: (
                  <CatalogPanel
                    catalog={catalog}
                    onInsert={(name) => editor.current?.insert(name)}
                  />
                ),
              },
              { id: 'examples', label: 'Examples', content: <ExampleList onChoose={choose} /> },
              {
                id: 'history',
                label: 'History',
                content: <HistoryList history={history} onChoose={choose} onClear={clearHistory} />,
              },
            ]}
          />
        </Card>
      </div>
    </Page>
  );
}

/** The draft, if it was typed over this very query; a link shows what it links to. */
function firstText(query: string): string {
  const draft = readDraft();
  if (draft && draft.base === query && draft.text.trim() !== '') return draft.text;
  if (draft && draft.text !== STARTER) addDraft(draft.text);
  return query === '' ? STARTER : query;
}

function useCatalog() {
  const columns = useQuery({
    ...get('/api/v1/catalog'),
    meta: { live: false },
    staleTime: Infinity,
  });
  const functions = useQuery({
    ...post('/api/v1/sql', { body: { query: FUNCTIONS_QUERY } }),
    meta: { live: false },
    staleTime: Infinity,
  });
  return useMemo(
    () => (columns.data ? toCatalog(columns.data, functions.data) : NO_CATALOG),
    [columns.data, functions.data],
  );
}
