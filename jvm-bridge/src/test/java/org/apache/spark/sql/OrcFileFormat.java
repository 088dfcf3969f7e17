package org.apache.spark.sql;

/** Looks like Spark's reader of ORC. */
public final class OrcFileFormat {}
