package io.modeldb.spark.capture.plan;

import io.modeldb.proto.v1.Source;
import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Reflect;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A command that writes a dataset somewhere, as an analysed plan has it. */
public final class WriteCommand {
  private final Object query;
  private final Source target;
  private final String mode;

  private WriteCommand(Object query, Source target, String mode) {
    this.query = query;
    this.target = target;
    this.mode = mode;
  }

  /** The plan of what was written. */
  public Object query() {
    return query;
  }

  public Source target() {
    return target;
  }

  /** "append", "overwrite", "error", "ignore", or empty. */
  public String mode() {
    return mode;
  }

  /** Null for a plan that writes nothing, or not in a way that can be told. */
  public static WriteCommand of(Object plan) {
    Object command = Reflect.call(plan, "commandLogicalPlan");
    if (command == null) {
      command = plan;
    }
    Object query = command == null ? null : Reflect.call(command, "query");
    if (query == null) {
      return null;
    }
    List<Source> targets = new ArrayList<>();
    addTarget(targets, command);
    return targets.isEmpty() ? null : new WriteCommand(query, targets.get(0), mode(command));
  }

  private static void addTarget(List<Source> targets, Object command) {
    switch (Plans.kind(command)) {
      case "InsertIntoHadoopFsRelationCommand":
        Leaf.addTable(targets, Plans.option(Reflect.call(command, "catalogTable")));
        Leaf.add(
            targets,
            String.valueOf(Reflect.call(command, "outputPath")),
            Leaf.format(Reflect.call(command, "fileFormat")));
        break;
      case "SaveIntoDataSourceCommand":
        addOptions(targets, command);
        break;
      case "InsertIntoDataSourceCommand":
        Object relation = Reflect.call(command, "logicalRelation");
        Leaf.addTable(targets, Plans.option(Reflect.call(relation, "catalogTable")));
        Leaf.addRelation(targets, Reflect.call(relation, "relation"));
        break;
      case "CreateDataSourceTableAsSelectCommand":
      case "InsertIntoHiveTable":
        Leaf.addTable(targets, Reflect.call(command, "table"));
        break;
      case "CreateHiveTableAsSelectCommand":
        Leaf.addTable(targets, Reflect.call(command, "tableDesc"));
        break;
      case "InsertIntoDataSourceDirCommand":
      case "InsertIntoHiveDirCommand":
        Object uri = Plans.option(Reflect.call(Reflect.call(command, "storage"), "locationUri"));
        if (uri != null) {
          Object provider = Reflect.call(command, "provider");
          Leaf.add(targets, String.valueOf(uri), provider == null ? "" : String.valueOf(provider));
        }
        break;
      case "AppendData":
      case "OverwriteByExpression":
      case "OverwritePartitionsDynamic":
        Object table = Reflect.call(command, "table");
        // What only runs a query, as for a measurement, writes nothing.
        if (!Plans.kind(Reflect.call(table, "table")).startsWith("Noop")) {
          Leaf.addTableV2(targets, table);
        }
        break;
      case "CreateTableAsSelect":
      case "ReplaceTableAsSelect":
        addName(targets, Reflect.call(command, "name"));
        break;
      default:
    }
  }

  private static void addOptions(List<Source> targets, Object command) {
    Object options = Reflect.call(command, "options");
    String path = option(options, "path");
    String url = option(options, "url");
    String format = Leaf.format(Reflect.call(command, "dataSource"));
    if (path != null) {
      Leaf.add(targets, path, format);
    } else if (url != null) {
      String table = option(options, "dbtable");
      Leaf.add(targets, Uris.redacted(url) + (table == null ? "" : "#" + table), format);
    }
  }

  private static String option(Object options, String name) {
    Object value = Plans.option(Reflect.call(options, "get", Object.class, name));
    return value == null ? null : String.valueOf(value);
  }

  /** Of an identifier that a catalog has resolved. */
  private static void addName(List<Source> targets, Object resolved) {
    Object identifier = Reflect.call(resolved, "identifier");
    Object catalog = Reflect.call(Reflect.call(resolved, "catalog"), "name");
    if (identifier != null) {
      Leaf.add(targets, (catalog == null ? "" : catalog + ".") + identifier, "table");
    }
  }

  private static String mode(Object command) {
    Object mode = Reflect.call(command, "mode");
    if (mode != null) {
      String name = String.valueOf(mode).toLowerCase(Locale.ROOT);
      return name.startsWith("error") ? "error" : name;
    }
    Object overwrite = Reflect.call(command, "overwrite");
    if (overwrite instanceof Boolean) {
      return (Boolean) overwrite ? "overwrite" : "append";
    }
    switch (Plans.kind(command)) {
      case "AppendData":
        return "append";
      case "CreateTableAsSelect":
        return "error";
      default:
        return "overwrite";
    }
  }
}
