package io.modeldb.spark.sampling;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Names of sampled rows: the hash of a row as 16 hexadecimal digits; {@code -1}, {@code -2}, … go
 * behind those of further rows with the same hash.
 */
final class RowIds {
  private RowIds() {}

  static List<String> of(List<Long> hashes) {
    Map<Long, Integer> met = new HashMap<>();
    List<String> ids = new ArrayList<>(hashes.size());
    for (Long hash : hashes) {
      int before = met.merge(hash, 1, Integer::sum) - 1;
      String id = String.format("%016x", hash);
      ids.add(before == 0 ? id : id + "-" + before);
    }
    return ids;
  }
}
