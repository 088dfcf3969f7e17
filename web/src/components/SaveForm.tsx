import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Form } from 'react-aria-components';
import { Button } from './Button';
import { ErrorState } from './ErrorState';

interface SaveFormProps {
  /** The fields. What was typed in them stays until it is saved. */
  children: ReactNode;
  className?: string;
  /** Sends it; what is on the screen is read again after that. */
  save: () => Promise<unknown>;
  canSave?: boolean;
  /** On the button. */
  label: string;
  /** A sentence, when it cannot be saved. */
  failure: string;
  /** Saved, or cancelled. */
  onClose: () => void;
}

/** Fields with a button that saves them and one that does not. */
export function SaveForm(props: SaveFormProps) {
  const { children, className = 'stack', canSave = true, label, failure, onClose } = props;
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: props.save,
    onSuccess: async () => {
      await client.invalidateQueries();
      onClose();
    },
  });
  return (
    <Form
      className={className}
      onSubmit={(event) => {
        event.preventDefault();
        if (canSave && !saving.isPending) saving.mutate();
      }}
    >
      {children}
      {saving.error && <ErrorState what={failure} error={saving.error} />}
      <div className="row">
        <Button type="submit" variant="primary" isDisabled={!canSave || saving.isPending}>
          {saving.isPending ? 'Saving…' : label}
        </Button>
        <Button variant="quiet" onPress={onClose}>
          Cancel
        </Button>
      </div>
    </Form>
  );
}
