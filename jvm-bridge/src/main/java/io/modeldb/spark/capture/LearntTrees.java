package io.modeldb.spark.capture;

import io.modeldb.proto.v1.TreeNode;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.apache.spark.ml.tree.CategoricalSplit;
import org.apache.spark.ml.tree.ContinuousSplit;
import org.apache.spark.ml.tree.InternalNode;
import org.apache.spark.ml.tree.Node;
import org.apache.spark.ml.tree.Split;

/** The nodes of trees and of ensembles of trees, each tree in preorder, left before right. */
final class LearntTrees {
  static final int MAX_NODES = 20_000;
  private static final int MAX_CATEGORIES = 1000;

  private static final class Place {
    final Node node;
    final int parent;
    final String side;

    Place(Node node, int parent, String side) {
      this.node = node;
      this.parent = parent;
      this.side = side;
    }
  }

  private LearntTrees() {}

  static boolean has(Object model) {
    return Reflect.has(model, "rootNode") || Reflect.has(model, "treeWeights");
  }

  static void read(Object model, FeatureSlots slots, LearntChunks out) {
    if (!has(model)) {
      return;
    }
    Object single = Reflect.call(model, "rootNode");
    Object trees = single != null ? new Object[] {model} : Reflect.call(model, "trees");
    if (!(trees instanceof Object[])) {
      return;
    }
    Object[] all = (Object[]) trees;
    Object weights = Reflect.call(model, "treeWeights");
    long count = 0;
    for (Object tree : all) {
      count += 1 + ((Node) Reflect.call(tree, "rootNode")).numDescendants();
    }
    out.countNodes(count);
    int left = MAX_NODES;
    for (int i = 0; i < all.length && left > 0 && !out.isOver(); i++) {
      double weight = weights instanceof double[] ? ((double[]) weights)[i] : 1;
      left -= readTree((Node) Reflect.call(all[i], "rootNode"), i, weight, slots, out, left);
    }
  }

  /** Says how many nodes were told. */
  private static int readTree(
      Node root, int tree, double weight, FeatureSlots slots, LearntChunks out, int limit) {
    Deque<Place> open = new ArrayDeque<>();
    open.push(new Place(root, -1, ""));
    int number = 0;
    for (; !open.isEmpty() && number < limit && !out.isOver(); number++) {
      Place place = open.pop();
      TreeNode.Builder node =
          TreeNode.newBuilder()
              .setTree(tree)
              .setNode(number)
              .setParent(place.parent)
              .setSide(place.side)
              .setFeature(-1)
              .setImpurity(place.node.impurity())
              .setPrediction(place.node.prediction())
              .setTreeWeight(weight);
      Number rows = rows(place.node);
      if (rows != null) {
        node.setCount(rows.doubleValue());
      }
      if (place.node instanceof InternalNode) {
        InternalNode inner = (InternalNode) place.node;
        node.setGain(inner.gain());
        addSplit(node, inner.split(), slots);
        open.push(new Place(inner.rightChild(), number, "right"));
        open.push(new Place(inner.leftChild(), number, "left"));
      }
      out.add(node.build());
    }
    return number;
  }

  private static void addSplit(TreeNode.Builder node, Split split, FeatureSlots slots) {
    node.setFeature(split.featureIndex()).setFeatureName(slots.name(split.featureIndex()));
    if (split instanceof ContinuousSplit) {
      node.setThreshold(((ContinuousSplit) split).threshold());
    } else if (split instanceof CategoricalSplit) {
      double[] left = ((CategoricalSplit) split).leftCategories().clone();
      Arrays.sort(left);
      for (int i = 0; i < Math.min(left.length, MAX_CATEGORIES); i++) {
        node.addCategories(left[i]);
      }
    }
  }

  /** How many rows came to it in training, unweighted where Spark knows. */
  private static Number rows(Node node) {
    Object stats = Reflect.call(node, "impurityStats");
    Object rows = Reflect.call(stats, "rawCount");
    if (!(rows instanceof Number)) {
      rows = Reflect.call(stats, "count");
    }
    return rows instanceof Number ? (Number) rows : null;
  }
}
