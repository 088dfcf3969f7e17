// Draws with Vega under a policy without `eval`: expressions are parsed to syntax trees
// (`ast: true`) and interpreted.

import { useEffect, useMemo, useRef, useState } from 'react';
import { parse, View, Warn, type Spec } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type TopLevelSpec } from 'vega-lite';
import { useTheme } from '../../app/theme';
import { ErrorState } from '../ErrorState';
import type { ChartRow, ChartSpec } from './types';
import { vegaConfig } from './vegaConfig';

interface VegaViewProps {
  spec: ChartSpec;
  data: readonly ChartRow[];
  description: string;
  height: number;
  renderer: 'svg' | 'canvas';
  onPick: ((row: ChartRow) => void) | undefined;
}

const ROWS = 'rows';

export default function VegaView(props: VegaViewProps) {
  const { data, description, height, renderer, onPick } = props;
  const container = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const [error, setError] = useState<unknown>();
  // By its text, so that a spec written inline is not a new chart at every render.
  const text = JSON.stringify(props.spec);
  const spec = useMemo(() => JSON.parse(text) as ChartSpec, [text]);
  const pick = useRef(onPick);
  useEffect(() => {
    pick.current = onPick;
  });

  useEffect(() => {
    const element = container.current;
    if (!element) return;
    let view: View | undefined;
    let observer: ResizeObserver | undefined;
    const fail = (reason: unknown) => setError(reason);
    try {
      view = new View(parse(toVega(spec, element, height), undefined, { ast: true }), {
        expr: expressionInterpreter,
        renderer,
        container: element,
        hover: true,
        logLevel: Warn,
      });
      // Copies: Vega writes into the rows it is given, and these belong to the query's cache.
      view.data(
        ROWS,
        data.map((row) => ({ ...row })),
      );
      view.addEventListener('click', (_, item) => {
        const row: unknown = item?.datum;
        if (row !== undefined) pick.current?.(row as ChartRow);
      });
      view.runAsync().then(() => setError(undefined), fail);
      observer = keepWidth(view, element, spec, fail);
    } catch (reason) {
      fail(reason);
    }
    return () => {
      observer?.disconnect();
      view?.finalize();
    };
  }, [spec, data, height, renderer, theme]);

  return (
    <>
      {error !== undefined && <ErrorState what="The chart could not be drawn" error={error} />}
      <div role="img" aria-label={description}>
        {/* Vega's own roles have no names; the description stands for all of it. */}
        <div className="chart-view" aria-hidden="true" ref={container} />
      </div>
    </>
  );
}

/** Small multiples have the width of each of them, so they scroll instead of shrinking. */
function fitsContainer(spec: ChartSpec): boolean {
  if ('facet' in spec || 'repeat' in spec) return false;
  if ('concat' in spec || 'hconcat' in spec || 'vconcat' in spec) return false;
  const encoding: object = ('encoding' in spec && spec.encoding) || {};
  return !('row' in encoding || 'column' in encoding || 'facet' in encoding);
}

function toVega(spec: ChartSpec, element: HTMLElement, height: number): Spec {
  const size = fitsContainer(spec)
    ? { width: element.clientWidth, height, autosize: { type: 'fit', contains: 'padding' } }
    : {};
  const full = { ...spec, ...size, data: { name: ROWS } } as TopLevelSpec;
  return compile(full, { config: vegaConfig(element) }).spec;
}

function keepWidth(
  view: View,
  element: HTMLElement,
  spec: ChartSpec,
  fail: (reason: unknown) => void,
): ResizeObserver | undefined {
  if (!fitsContainer(spec)) return undefined;
  const observer = new ResizeObserver(() => {
    if (element.clientWidth === view.width()) return;
    view.width(element.clientWidth).runAsync().catch(fail);
  });
  observer.observe(element);
  return observer;
}
