package io.modeldb.spark.capture;

import io.modeldb.spark.delivery.ArtifactUpload;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** The files of a saved model, read through the file system that it was saved by. */
final class HadoopDirectory implements ArtifactUpload.Source {
  private final Path root;
  private final FileSystem files;

  HadoopDirectory(String path, Object configuration) throws IOException {
    Path given = new Path(path);
    files = given.getFileSystem((Configuration) configuration);
    root = files.makeQualified(given);
  }

  @Override
  public List<String> paths(int limit) throws IOException {
    List<String> out = new ArrayList<>();
    RemoteIterator<LocatedFileStatus> all = files.listFiles(root, true);
    while (all.hasNext()) {
      if (out.size() == limit) {
        throw new IOException("more than " + limit + " files");
      }
      out.add(root.toUri().relativize(all.next().getPath().toUri()).getPath());
    }
    return out;
  }

  @Override
  public InputStream open(String path) throws IOException {
    return files.open(new Path(root, path));
  }
}
