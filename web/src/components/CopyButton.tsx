import { useEffect, useState } from 'react';
import { Button, IconButton } from './Button';

const SHOWN_MS = 2_000;

interface CopyButtonProps {
  text: string;
  label?: string;
  /** The label beside the icon, where the button stands alone. */
  showLabel?: boolean;
}

export function CopyButton({ text, label = 'Copy', showLabel = false }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'copied' | 'failed'>();
  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  async function copy() {
    try {
      // Not there on plain http from another machine; that throws as well.
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
    } catch {
      setOutcome('failed');
    }
  }

  const icon = outcome === 'copied' ? 'check' : outcome === 'failed' ? 'warning' : 'copy';
  return (
    <>
      {showLabel ? (
        <Button icon={icon} onPress={() => void copy()}>
          {label}
        </Button>
      ) : (
        <IconButton icon={icon} label={label} size="small" onPress={() => void copy()} />
      )}
      <span role="status" className="visually-hidden">
        {outcome === 'copied' && 'Copied'}
        {outcome === 'failed' && 'The browser does not allow copying here: select the text instead'}
      </span>
    </>
  );
}
