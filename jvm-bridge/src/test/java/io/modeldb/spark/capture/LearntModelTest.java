package io.modeldb.spark.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.modeldb.proto.v1.Event;
import io.modeldb.proto.v1.Feature;
import io.modeldb.proto.v1.FitKind;
import io.modeldb.proto.v1.ModelLearnt;
import io.modeldb.proto.v1.TreeNode;
import io.modeldb.spark.capture.FakeComponents.FakeModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.ml.classification.DecisionTreeClassificationModel;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.DenseMatrix;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.tree.CategoricalSplit;
import org.apache.spark.ml.tree.ContinuousSplit;
import org.apache.spark.ml.tree.InternalNode;
import org.apache.spark.ml.tree.LeafNode;
import org.apache.spark.ml.tree.Node;
import org.apache.spark.mllib.tree.impurity.GiniCalculator;
import org.junit.jupiter.api.Test;

/** Reads models of spark.ml's own classes, made by hand. */
class LearntModelTest {
  private static final int MAX_CHUNK = 256 << 10;

  private final Run run = new Run("run-1", pending -> true);
  private final List<Event> events = new ArrayList<>();

  @Test
  void aMillionSlotsAreCountedAndTheLargestTold() {
    double[] values = new double[1_000_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i % 2 == 0 ? 1 : -1) * (double) i;
    }
    LogisticRegressionModel model =
        new LogisticRegressionModel("lr", new DenseVector(values), 0.25);
    LearntModel learnt = LearntModel.of(fit(), model);
    assertTrue(learnt.size() < 1 << 20, "a large model is not held: " + learnt.size());
    learnt.build(Long.MAX_VALUE, events::add);
    List<Feature> features = features();
    assertEquals(1 + LearntSlots.MAX_FEATURES, features.size());
    assertEquals(-1, features.get(0).getPosition());
    assertEquals(0.25, features.get(0).getCoefficient());
    assertEquals(990_000, features.get(1).getPosition());
    assertEquals("features[990000]", features.get(1).getName());
    assertEquals(999_999, features.get(features.size() - 1).getPosition());
    assertEquals(-999_999.0, features.get(features.size() - 1).getCoefficient());
    assertTrue(events.size() > 1);
    for (Event event : events) {
      assertTrue(event.getSerializedSize() <= MAX_CHUNK, "" + event.getSerializedSize());
      assertEquals(1_000_000, event.getModelLearnt().getSlotCount());
      assertEquals(7, event.getModelLearnt().getOperation());
    }
    assertTrue(run.counts().all().isEmpty());
  }

  @Test
  void whenTheTimeIsOverTheRestIsCounted() {
    LogisticRegressionModel model =
        new LogisticRegressionModel("lr", new DenseVector(new double[100_000]), 0.25);
    LearntModel.of(fit(), model).build(System.nanoTime() - 1, events::add);
    assertTrue(features().size() < 2000);
    assertEquals(1L, run.counts().all().get("learnt_cut_off"));
  }

  @Test
  void coefficientsByClass() {
    // Column by column: two classes more than one row, three slots.
    DenseMatrix matrix = new DenseMatrix(3, 2, new double[] {1, 2, 3, 4, 5, 6});
    LogisticRegressionModel model =
        new LogisticRegressionModel("lr", matrix, new DenseVector(new double[] {7, 8, 9}), 3, true);
    LearntModel.of(fit(), model).build(Long.MAX_VALUE, events::add);
    List<String> told =
        features().stream()
            .map(f -> f.getClassIndex() + " " + f.getPosition() + " " + f.getCoefficient())
            .collect(Collectors.toList());
    assertEquals(
        Arrays.asList(
            "0 -1 7.0",
            "1 -1 8.0",
            "2 -1 9.0",
            "0 0 1.0",
            "0 1 4.0",
            "1 0 2.0",
            "1 1 5.0",
            "2 0 3.0",
            "2 1 6.0"),
        told);
  }

  @Test
  void aLeafIsNotTheLeftOne() {
    Node root =
        inner(
            new ContinuousSplit(1, 4.5),
            inner(new CategoricalSplit(0, new double[] {2, 0}, 3), leaf(0, 3), leaf(1, 4)),
            leaf(2, 5));
    DecisionTreeClassificationModel model = new DecisionTreeClassificationModel("tree", root, 2, 3);
    LearntModel.of(fit(), model).build(Long.MAX_VALUE, events::add);
    List<TreeNode> nodes = nodes();
    assertEquals(
        Arrays.asList("-1 ", "0 left", "1 left", "1 right", "0 right"),
        nodes.stream().map(n -> n.getParent() + " " + n.getSide()).collect(Collectors.toList()));
    assertEquals(
        Arrays.asList(1L, 0L, -1L, -1L, -1L),
        nodes.stream().map(TreeNode::getFeature).collect(Collectors.toList()));
    assertEquals(4.5, nodes.get(0).getThreshold());
    assertEquals("features[1]", nodes.get(0).getFeatureName());
    assertEquals(Arrays.asList(0.0, 2.0), nodes.get(1).getCategoriesList());
    assertEquals(false, nodes.get(1).hasThreshold());
    assertEquals(false, nodes.get(2).hasGain());
    assertEquals(5.0, nodes.get(4).getCount());
    assertEquals(2.0, nodes.get(4).getPrediction());
    assertEquals(5, events.get(0).getModelLearnt().getTreeNodeCount());
  }

  @Test
  void ofTooManyNodesTheFirstAreTold() {
    Node root = leaf(0, 1);
    for (int depth = 0; depth < 14; depth++) {
      root = inner(new ContinuousSplit(0, depth), root, root);
    }
    DecisionTreeClassificationModel model = new DecisionTreeClassificationModel("tree", root, 1, 2);
    LearntModel.of(fit(), model).build(Long.MAX_VALUE, events::add);
    assertEquals(LearntTrees.MAX_NODES, nodes().size());
    assertEquals((1 << 15) - 1, events.get(0).getModelLearnt().getTreeNodeCount());
    for (Event event : events) {
      assertTrue(event.getSerializedSize() <= MAX_CHUNK);
    }
  }

  @Test
  void othersModelsAreNotRead() {
    assertNull(LearntModel.of(fit(), new FakeModel("m")));
  }

  private Operation fit() {
    return new Operation(run, Operation.Kind.FIT, FitKind.FIT_KIND_ESTIMATOR, null, null, 7, false);
  }

  private static Node inner(org.apache.spark.ml.tree.Split split, Node left, Node right) {
    return new InternalNode(0, 0.5, 0.1, left, right, split, counts(1));
  }

  private static Node leaf(double prediction, long rows) {
    return new LeafNode(prediction, 0.5, counts(rows));
  }

  private static GiniCalculator counts(long rows) {
    return new GiniCalculator(new double[] {rows, 0, 0}, rows);
  }

  private List<Feature> features() {
    return learnt().stream()
        .flatMap(l -> l.getFeaturesList().stream())
        .collect(Collectors.toList());
  }

  private List<TreeNode> nodes() {
    return learnt().stream()
        .flatMap(l -> l.getTreeNodesList().stream())
        .collect(Collectors.toList());
  }

  private List<ModelLearnt> learnt() {
    return events.stream().map(Event::getModelLearnt).collect(Collectors.toList());
  }
}
