package io.modeldb.spark.sampling;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Of what a cheap plan reads: as long as it is the same, so are the rows. Files may be written
 * again under their names, and a dataset be cached anew.
 */
final class FileStamps {
  /** Files that are asked for, the largest ones. */
  private static final int MAX_FILES = 16;

  private FileStamps() {}

  /**
   * @throws IOException when a file is gone
   */
  static List<Object> of(CheapPlan plan, Configuration conf) throws IOException {
    if (plan.files() == null) {
      return Collections.singletonList(System.identityHashCode(plan.cache()));
    }
    List<Object> stamps = new ArrayList<>();
    for (FileStatus listed : plan.files().largestFiles(MAX_FILES)) {
      Path path = listed.getPath();
      FileStatus now = path.getFileSystem(conf).getFileStatus(path);
      stamps.add(Arrays.asList(path, now.getLen(), now.getModificationTime()));
    }
    return stamps;
  }
}
