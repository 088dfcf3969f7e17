import { useState } from 'react';
import { api, unwrap } from '../../api/client';
import type { components } from '../../api/schema';
import { Button } from '../../components/Button';
import { SaveForm } from '../../components/SaveForm';
import { TextField } from '../../components/TextField';
import { Truncated } from '../../components/Truncated';
import { Value } from '../../components/Value';
import { kindOf, readValue } from './attributeValue';
import { Section } from './Section';

type Attribute = components['schemas']['Attribute'];

interface AttributesSectionProps {
  attributes: readonly Attribute[];
  modelId: string;
}

/** Free keys and values that programs and people gave the model. */
export function AttributesSection({ attributes, modelId }: AttributesSectionProps) {
  const [edited, setEdited] = useState<Attribute | 'new'>();
  return (
    <Section
      id="attributes"
      title="Attributes"
      actions={
        edited === undefined && (
          <Button size="small" icon="plus" onPress={() => setEdited('new')}>
            Set an attribute
          </Button>
        )
      }
    >
      <div className="stack">
        {edited !== undefined && (
          <AttributeForm
            key={edited === 'new' ? '' : edited.key}
            of={edited === 'new' ? undefined : edited}
            modelId={modelId}
            onClose={() => setEdited(undefined)}
          />
        )}
        {attributes.length === 0 && edited === undefined && (
          <p className="soft">
            None yet. An attribute is a key and a value, such as “stage: live”.
          </p>
        )}
        {attributes.length > 0 && (
          <dl className="attributes">
            {attributes.map((attribute) => (
              <div key={attribute.key}>
                <dt>
                  <Truncated>{attribute.key}</Truncated>
                </dt>
                <dd>
                  <Truncated>{attribute.value ?? ''}</Truncated>
                </dd>
                <dd className="soft small">
                  <Value of={attribute.recorded_at} kind="time" />
                </dd>
                <dd>
                  <Button
                    size="small"
                    variant="quiet"
                    aria-label={`Change ${attribute.key.slice(0, 100)}`}
                    onPress={() => setEdited(attribute)}
                  >
                    Change
                  </Button>
                </dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </Section>
  );
}

interface AttributeFormProps {
  of: Attribute | undefined;
  modelId: string;
  onClose: () => void;
}

function AttributeForm({ of, modelId, onClose }: AttributeFormProps) {
  const [key, setKey] = useState(of?.key ?? '');
  const [text, setText] = useState(of?.value ?? '');
  const value = readValue(text);

  function save() {
    const body = { target_kind: 'model' as const, target_id: modelId, key: key.trim(), value };
    return unwrap(api.PUT('/api/v1/attributes', { body }));
  }

  return (
    <SaveForm
      save={save}
      canSave={key.trim() !== ''}
      label="Set attribute"
      failure="The attribute was not set"
      onClose={onClose}
    >
      <div className="attribute-form">
        <TextField
          label="Key"
          value={key}
          onChange={setKey}
          isDisabled={of !== undefined}
          // eslint-disable-next-line jsx-a11y/no-autofocus -- somebody asked to write
          autoFocus={of === undefined}
        />
        <TextField
          label="Value"
          value={text}
          onChange={setText}
          description={`Kept as ${kindOf(value)}`}
          // eslint-disable-next-line jsx-a11y/no-autofocus -- as above
          autoFocus={of !== undefined}
        />
      </div>
    </SaveForm>
  );
}
