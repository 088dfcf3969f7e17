package io.modeldb.spark.capture.plan;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.types.Metadata;

/** What the metadata of a column say of the slots of its vectors. */
final class MlAttributes {
  private static final String[] TYPES = {"numeric", "binary", "nominal"};

  /** Slots of each vector; -1 where it is not said. */
  final int size;

  private final String own;
  private final Map<Integer, String> names;

  private MlAttributes(int size, String own, Map<Integer, String> names) {
    this.size = size;
    this.own = own;
    this.names = names;
  }

  static MlAttributes of(Metadata metadata) {
    int size = -1;
    String own = null;
    Map<Integer, String> names = new HashMap<>();
    if (metadata != null && metadata.contains("ml_attr")) {
      Metadata group = metadata.getMetadata("ml_attr");
      size = (int) Math.min(Integer.MAX_VALUE, number(group, "num_attrs"));
      own = group.contains("name") ? group.getString("name") : null;
      if (group.contains("attrs")) {
        Metadata attributes = group.getMetadata("attrs");
        for (String type : TYPES) {
          if (attributes.contains(type)) {
            addNames(attributes.getMetadataArray(type), names);
          }
        }
      }
    } else if (metadata != null) {
      // What the source of libsvm files says.
      size = (int) Math.min(Integer.MAX_VALUE, number(metadata, "numFeatures"));
    }
    return new MlAttributes(size, own, names);
  }

  /** The name of a slot; null where it has none, or is beyond what is told. */
  String name(int slot) {
    return names.get(slot);
  }

  /** The name of a column of scalars; null where it has none. */
  String name() {
    return own;
  }

  private static long number(Metadata metadata, String key) {
    return metadata.contains(key) ? metadata.getLong(key) : -1;
  }

  private static void addNames(Metadata[] attributes, Map<Integer, String> names) {
    for (Metadata attribute : attributes) {
      long slot = number(attribute, "idx");
      if (slot >= Slots.MAX_TOLD) {
        break; // in the order of the slots
      }
      if (slot >= 0 && attribute.contains("name")) {
        names.put((int) slot, attribute.getString("name"));
      }
    }
  }
}
