package io.modeldb.spark.capture.plan;

import io.modeldb.spark.capture.Plans;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * Finds the slots of vector columns, through assemblers, scalers, encoders and selectors. What it
 * is not certain of comes from all sources of the column: a slot is never given to a wrong column.
 */
final class SlotViews {
  private static final int MAX_DEPTH = 500;

  private final ColumnLineage lineage;
  private final Map<Long, SlotView> views = new HashMap<>();
  private int depth;

  SlotViews(ColumnLineage lineage) {
    this.lineage = lineage;
  }

  /** Of a column. */
  SlotView of(Object attribute) {
    long id = Expressions.id(attribute);
    SlotView known = views.get(id);
    if (known == null) {
      known = named(attribute);
      views.put(id, known);
    }
    return known;
  }

  private SlotView named(Object attribute) {
    MlAttributes attributes = MlAttributes.of(Expressions.metadata(attribute));
    if (!Expressions.isVector(attribute)) {
      String name = attributes.name();
      return SlotView.scalar(name == null ? Expressions.name(attribute) : name, sources(attribute));
    }
    SlotView view = null;
    Columns.Definition definition = lineage.definition(attribute);
    if (definition != null && definition.isPlain() && depth < MAX_DEPTH) {
      depth++;
      if (definition.expression != null) {
        view = expression(definition.expression, attributes.size);
      } else if (definition.leaf != null) {
        view = leaf(definition);
      }
      depth--;
    }
    boolean certain =
        view != null && (view.size() < 0 || attributes.size < 0 || view.size() == attributes.size);
    return SlotView.named(certain ? view : whole(attribute), attributes);
  }

  /**
   * Of an expression.
   *
   * @param size of its vectors, -1 where it is not known
   */
  private SlotView expression(Object expression, int size) {
    if (Expressions.isAttribute(expression)) {
      return of(expression);
    }
    String transformer = Expressions.transformer(expression);
    if (transformer != null) {
      return function(transformer, expression, size);
    }
    List<Object> children = Plans.children(expression);
    switch (Plans.kind(expression)) {
      case "Alias":
      case "Cast":
      case "KnownNotNull":
      case "KnownNullable":
        return expression(children.get(0), size);
      case "CaseWhen":
      case "If":
      case "Coalesce":
        // One column or an error, as a VectorSizeHint has it.
        Object only = onlyColumn(expression);
        return only == null || !Expressions.isVector(only) ? whole(expression) : of(only);
      default:
        return whole(expression);
    }
  }

  private SlotView function(String transformer, Object call, int size) {
    Object input = Plans.children(call).get(0);
    switch (transformer) {
      case "VectorAssembler":
        SlotView assembled = assembled(call, input, size);
        return assembled == null ? whole(call) : assembled;
      case "StandardScalerModel":
      case "MinMaxScalerModel":
      case "MaxAbsScalerModel":
      case "RobustScalerModel":
      case "VectorIndexerModel":
      case "ElementwiseProduct":
      case "IDFModel":
        return expression(input, size);
      case "Normalizer":
        return SlotView.mixed(expression(input, size), sources(call));
      case "VectorSlicer":
      case "SelectorModel":
      case "ChiSqSelectorModel":
      case "UnivariateFeatureSelectorModel":
      case "VarianceThresholdSelectorModel":
        return selected(call, expression(input, -1), size);
      default:
        return whole(call);
    }
  }

  private SlotView assembled(Object call, Object struct, int size) {
    // Names and values in turn.
    List<Object> fields = Plans.children(struct);
    if (!Plans.kind(struct).equals("CreateNamedStruct")) {
      return null;
    }
    List<SlotView> inputs = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 1; i < fields.size(); i += 2) {
      Object value = fields.get(i);
      while (Plans.kind(value).equals("Cast") || Expressions.isAlias(value)) {
        value = Plans.children(value).get(0);
      }
      if (!Expressions.isAttribute(value)) {
        return null;
      }
      inputs.add(of(value));
      names.add(Expressions.name(value));
    }
    return Assembled.of(inputs, names, Expressions.captured(Expressions.function(call)), size);
  }

  /** Selectors have the places of what they select; null where these cannot be right. */
  private SlotView selected(Object call, SlotView of, int size) {
    int[] places = Expressions.captured(Expressions.function(call));
    if (places == null
        || (size >= 0 && places.length != size)
        || Arrays.stream(places).anyMatch(p -> p < 0 || (of.size() >= 0 && p >= of.size()))) {
      return whole(call);
    }
    return SlotView.selected(of, places);
  }

  /** The column of a leaf, or of the dataset behind it. */
  private SlotView leaf(Columns.Definition definition) {
    ColumnLineage origin = lineage.behind(definition.leaf);
    Object source = origin == null ? null : origin.attribute(definition.name);
    return source == null ? null : new SlotViews(origin).of(source);
  }

  /** The column that all of an expression speaks of; null where there are several, or functions. */
  private static Object onlyColumn(Object expression) {
    Object only = null;
    List<Object> open = new ArrayList<>();
    open.add(expression);
    for (int n = 0; !open.isEmpty(); n++) {
      Object next = open.remove(open.size() - 1);
      if (n > Plans.MAX_NODES || Expressions.function(next) != null) {
        return null;
      }
      if (Expressions.isAttribute(next)) {
        if (only != null && Expressions.id(only) != Expressions.id(next)) {
          return null;
        }
        only = next;
      }
      open.addAll(Plans.children(next));
    }
    return only;
  }

  private SlotView whole(Object expression) {
    return SlotView.whole(-1, sources(expression));
  }

  private SortedSet<String> sources(Object expression) {
    return lineage.reach(expression).sources();
  }
}
