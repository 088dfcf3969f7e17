package io.modeldb.spark.sampling;

import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.storage.RDDInfo;

/**
 * Whether the rows of an RDD can be had without computing it: functions of the user's may be
 * anywhere in it, so only when all of it is cached.
 */
final class CheapRdd {
  private CheapRdd() {}

  static boolean is(Object rdd) {
    if (!(rdd instanceof RDD)) {
      return false;
    }
    RDD<?> of = (RDD<?>) rdd;
    SparkContext spark = of.context();
    for (RDDInfo stored : spark.getRDDStorageInfo()) {
      if (stored.id() == of.id()) {
        return stored.numCachedPartitions() == stored.numPartitions();
      }
    }
    return false;
  }
}
