package io.modeldb.spark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The git commit that is checked out where a directory is, read off git's own files: no process is
 * started, and what is read is bounded. Repositories whose refs are not files (reftable) give
 * nothing.
 */
final class CodeVersion {
  private static final int MAX_PARENTS = 64;
  private static final int MAX_SMALL_FILE = 4096;
  private static final long MAX_PACKED_REFS = 8L << 20;
  private static final int MAX_SYMBOLIC = 5;
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}([0-9a-f]{24})?");
  private static final String REF = "ref: ";

  private CodeVersion() {}

  /** The commit of the repository that the directory is in; empty when there is none. */
  static String of(Path directory) {
    try {
      Path at = directory.toAbsolutePath().normalize();
      for (int i = 0; at != null && i < MAX_PARENTS; i++, at = at.getParent()) {
        Path git = at.resolve(".git");
        if (Files.isDirectory(git)) {
          return head(git);
        }
        if (Files.isRegularFile(git)) {
          // A worktree or a submodule.
          String line = small(git);
          return line.startsWith("gitdir: ") ? head(at.resolve(line.substring(8)).normalize()) : "";
        }
      }
    } catch (IOException | RuntimeException e) {
      // Not known, then.
    }
    return "";
  }

  private static String head(Path git) throws IOException {
    Path common = git;
    Path commonDir = git.resolve("commondir");
    if (Files.isRegularFile(commonDir)) {
      common = git.resolve(small(commonDir)).normalize();
    }
    String value = small(git.resolve("HEAD"));
    for (int i = 0; i < MAX_SYMBOLIC && value.startsWith(REF); i++) {
      value = ref(git, common, value.substring(REF.length()).trim());
    }
    return COMMIT.matcher(value).matches() ? value : "";
  }

  private static String ref(Path git, Path common, String name) throws IOException {
    if (!name.startsWith("refs/") || name.contains("..")) {
      return "";
    }
    for (Path place : new Path[] {git, common}) {
      Path file = place.resolve(name);
      if (Files.isRegularFile(file)) {
        return small(file);
      }
    }
    return packed(common.resolve("packed-refs"), name);
  }

  private static String packed(Path file, String name) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > MAX_PACKED_REFS) {
      return "";
    }
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int blank = line.indexOf(' ');
        if (blank > 0 && line.substring(blank + 1).equals(name)) {
          return line.substring(0, blank);
        }
      }
    }
    return "";
  }

  /** The first line of a small file. */
  private static String small(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return ""; // to read a pipe would be to wait
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = new byte[MAX_SMALL_FILE];
      int n = 0;
      for (int more; n < bytes.length && (more = in.read(bytes, n, bytes.length - n)) > 0; ) {
        n += more;
      }
      String line = new String(bytes, 0, n, StandardCharsets.UTF_8);
      int end = line.indexOf('\n');
      return (end < 0 ? line : line.substring(0, end)).trim();
    }
  }
}
