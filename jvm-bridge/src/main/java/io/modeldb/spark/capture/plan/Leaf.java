package io.modeldb.spark.capture.plan;

import io.modeldb.proto.v1.Source;
import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Reflect;
import io.modeldb.spark.capture.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a plan begins with: files, tables, rows that the program made. Does no I/O. */
public final class Leaf {
  /** Sources of one leaf that are told; of more files than these, the first. */
  static final int MAX_SOURCES = 100;

  /** Rows that a digest is made of; of more, there is none. */
  private static final int MAX_DIGEST_ROWS = 1000;

  private Leaf() {}

  /**
   * The object by which a plan is known. Where a rule has to copy a leaf, as for a join of a
   * dataset with itself, the copy still has the same relation, RDD or rows.
   */
  public static Object identity(Object plan) {
    Object within = null;
    switch (Plans.kind(plan)) {
      case "LogicalRelation":
      case "StreamingRelation":
        within = Reflect.call(plan, "relation");
        break;
      case "LogicalRDD":
      case "ExternalRDD":
        within = Reflect.call(plan, "rdd");
        break;
      case "DataSourceV2Relation":
        within = Reflect.call(plan, "table");
        break;
      case "HiveTableRelation":
        within = Reflect.call(plan, "tableMeta");
        break;
      case "LocalRelation":
        // All empty ones share one list.
        Object data = Reflect.call(plan, "data");
        within = Plans.list(data).isEmpty() ? null : data;
        break;
      default:
    }
    return within == null ? plan : within;
  }

  /** The files and tables that a leaf reads. */
  public static List<Source> sources(Object leaf) {
    List<Source> sources = new ArrayList<>();
    switch (Plans.kind(leaf)) {
      case "LogicalRelation":
        addTable(sources, Plans.option(Reflect.call(leaf, "catalogTable")));
        addRelation(sources, Reflect.call(leaf, "relation"));
        break;
      case "HiveTableRelation":
        addTable(sources, Reflect.call(leaf, "tableMeta"));
        break;
      case "DataSourceV2Relation":
      case "DataSourceV2ScanRelation":
      case "StreamingRelationV2":
        addTableV2(sources, leaf);
        break;
      case "StreamingRelation":
        add(sources, String.valueOf(Reflect.call(leaf, "sourceName")), "stream");
        break;
      default:
    }
    return sources;
  }

  /** What data the leaf is by itself; empty where it is not known. Not for what has sources. */
  public static String digest(Object leaf) {
    switch (Plans.kind(leaf)) {
      case "Range":
        Digest range = new Digest().add("range");
        for (String part : new String[] {"start", "end", "step"}) {
          range.add(String.valueOf(Reflect.call(leaf, part)));
        }
        return range.hex();
      case "OneRowRelation":
        return new Digest().add("one row").hex();
      case "LocalRelation":
        List<Object> rows = Plans.list(Reflect.call(leaf, "data"));
        return rows.size() > MAX_DIGEST_ROWS ? "" : digest(leaf, rows);
      default:
        return "";
    }
  }

  /**
   * By which two leaves are the same data, wherever the objects are from: what a Connect server
   * resolves anew for every call. Null where that cannot be told.
   */
  public static String key(Object leaf) {
    String digest = digest(leaf);
    if (!digest.isEmpty()) {
      return digest;
    }
    List<Source> sources = sources(leaf);
    if (sources.isEmpty()) {
      return null;
    }
    Digest all = new Digest().add(schema(leaf));
    sources.forEach(source -> all.add(source.getUri()).add(source.getFormat()));
    Object options = Reflect.call(Reflect.call(leaf, "relation"), "options");
    return all.add(String.valueOf(options)).hex();
  }

  private static String digest(Object leaf, List<Object> rows) {
    Digest all = new Digest().add("rows").add(schema(leaf));
    rows.forEach(row -> all.add(String.valueOf(row)));
    return all.hex();
  }

  private static String schema(Object leaf) {
    return String.valueOf(Reflect.call(Reflect.call(leaf, "schema"), "simpleString"));
  }

  static void addRelation(List<Source> sources, Object relation) {
    Object location = Reflect.call(relation, "location");
    if (location != null) {
      String format = format(Reflect.call(relation, "fileFormat"));
      for (Object path : Plans.list(Reflect.call(location, "rootPaths"))) {
        add(sources, String.valueOf(path), format);
      }
      return;
    }
    Object jdbc = Reflect.call(relation, "jdbcOptions");
    if (jdbc != null) {
      String url = Uris.redacted(String.valueOf(Reflect.call(jdbc, "url")));
      String table = String.valueOf(Reflect.call(jdbc, "tableOrQuery"));
      add(sources, url + "#" + table, "jdbc");
    } else if (relation != null && sources.isEmpty()) {
      add(sources, relation.getClass().getName(), "relation");
    }
  }

  /** Of a CatalogTable. */
  static void addTable(List<Source> sources, Object table) {
    Object identifier = Reflect.call(table, "identifier");
    Object name = Reflect.call(identifier, "unquotedString");
    if (name != null) {
      Object provider = Plans.option(Reflect.call(table, "provider"));
      add(sources, String.valueOf(name), "table");
      Object storage = Reflect.call(table, "storage");
      Object uri = Plans.option(Reflect.call(storage, "locationUri"));
      // Jobs that know only its place read the same data.
      if (uri != null) {
        add(sources, String.valueOf(uri), provider == null ? "" : String.valueOf(provider));
      }
    }
  }

  /** Of a relation of the second version of the data source interface. */
  static void addTableV2(List<Source> sources, Object relation) {
    Object inner = Reflect.call(relation, "relation");
    Object table = Reflect.call(inner == null ? relation : inner, "table");
    String format = format(table);
    List<Object> paths = Plans.list(Reflect.call(table, "paths"));
    for (Object path : paths) {
      add(sources, String.valueOf(path), format);
    }
    if (paths.isEmpty()) {
      Object name = Reflect.call(table, "name");
      add(sources, String.valueOf(name == null ? table : name), format);
    }
  }

  static String format(Object of) {
    if (of == null) {
      return "";
    }
    Object name = Reflect.call(of, "shortName");
    if (name == null) {
      name = Reflect.call(of, "formatName");
    }
    if (name != null) {
      return String.valueOf(name).toLowerCase(Locale.ROOT);
    }
    String kind = Plans.kind(of);
    for (String known : new String[] {"Delta", "Iceberg", "Hudi"}) {
      if (of.getClass().getName().contains(known.toLowerCase(Locale.ROOT))
          || kind.contains(known)) {
        return known.toLowerCase(Locale.ROOT);
      }
    }
    return kind.endsWith("Table") ? "table" : kind;
  }

  static void add(List<Source> sources, String uri, String format) {
    String bare = Uris.redacted(uri);
    boolean told = sources.stream().anyMatch(source -> source.getUri().equals(bare));
    if (sources.size() < MAX_SOURCES && !told && !bare.isEmpty()) {
      sources.add(
          Source.newBuilder().setUri(bare).setFormat(Texts.cut(format, Texts.MAX_DETAIL)).build());
    }
  }
}
