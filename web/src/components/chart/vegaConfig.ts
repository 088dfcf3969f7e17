// The page's look for Vega, which knows no CSS variables: colours are read from the document.

import type { Config } from 'vega-lite';

export const CATEGORY_COUNT = 8;

export function vegaConfig(element: HTMLElement): Config {
  const colour = colourReader(element);
  const ink = colour('--ink');
  const soft = colour('--ink-soft');
  const line = colour('--line');
  const category = Array.from({ length: CATEGORY_COUNT }, (_, i) => colour(`--category-${i + 1}`));
  const font = getComputedStyle(element).fontFamily;
  const first = category[0] ?? ink;
  return {
    background: 'transparent',
    // The chart is one image with one description; its table is the way in.
    aria: false,
    font,
    padding: 4,
    view: { stroke: null },
    axis: {
      labelColor: soft,
      titleColor: soft,
      titleFontWeight: 'normal',
      titleFontSize: 12,
      labelFontSize: 11,
      labelLimit: 160,
      gridColor: line,
      domainColor: line,
      tickColor: line,
    },
    legend: { labelColor: ink, titleColor: soft, titleFontWeight: 'normal', labelLimit: 200 },
    header: { labelColor: ink, titleColor: soft },
    title: { color: ink },
    text: { color: ink },
    mark: { color: first, tooltip: true },
    rule: { color: soft },
    range: {
      category,
      heatmap: [colour('--sunken'), first],
      ramp: [colour('--pressed'), first],
      ordinal: [colour('--pressed'), first],
    },
  };
}

/** Computed colours: a variable's own text may be `light-dark(…)`. */
function colourReader(element: HTMLElement): (variable: string) => string {
  return (variable) => {
    const probe = element.ownerDocument.createElement('span');
    probe.style.color = `var(${variable})`;
    element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}
