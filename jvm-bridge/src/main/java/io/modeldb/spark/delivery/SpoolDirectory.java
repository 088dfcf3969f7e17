package io.modeldb.spark.delivery;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Where spools rest: private to their user, because events carry parameters and predicates, and
 * limited in total, because nobody may come to fetch them.
 */
final class SpoolDirectory {
  private final Path wanted;
  private final boolean isDefault;
  private final long maxBytes;

  /**
   * @param isDefault whether nobody asked for just this directory: one under a shared temporary
   *     directory may belong to somebody else, and then a name with the user's in it is taken
   */
  SpoolDirectory(Path wanted, boolean isDefault, long maxBytes) {
    this.wanted = wanted;
    this.isDefault = isDefault;
    this.maxBytes = maxBytes;
  }

  Path wanted() {
    return wanted;
  }

  /** The path of a spool, in a directory that now exists. */
  Path file(String name) throws IOException {
    try {
      return prepared(wanted).resolve(name);
    } catch (IOException e) {
      if (!isDefault) {
        throw e;
      }
      String user = System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9._-]", "_");
      return prepared(wanted.resolveSibling(wanted.getFileName() + "-" + user)).resolve(name);
    }
  }

  /** How large the file may become, given what other producers left. */
  long allowance(Path file) throws IOException {
    long others = 0;
    try (DirectoryStream<Path> spools = Files.newDirectoryStream(file.getParent(), "*.spool")) {
      for (Path spool : spools) {
        if (!spool.equals(file)) {
          others += Files.size(spool);
        }
      }
    }
    return maxBytes - others;
  }

  /** Makes a file that only its owner can read; fails when there is one. */
  OutputStream create(Path file) throws IOException {
    Set<StandardOpenOption> options =
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return Channels.newOutputStream(Files.newByteChannel(file, options, only("rw-------")));
  }

  private static Path prepared(Path directory) throws IOException {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      if (directory.getParent() != null) {
        Files.createDirectories(directory.getParent());
      }
      try {
        Files.createDirectory(directory, only("rwx------"));
      } catch (java.nio.file.FileAlreadyExistsException race) {
        // Another driver of this user made it just now; it is checked below like any other.
      }
    }
    if (!Files.isDirectory(directory)) {
      throw new IOException(directory + " is not a directory");
    }
    if (!posix()) {
      return directory;
    }
    Path probe = Files.createTempFile(directory, ".owner", "", only("rw-------"));
    try {
      if (!Files.getOwner(probe).equals(Files.getOwner(directory))) {
        throw new IOException(directory + " belongs to another user");
      }
    } finally {
      Files.delete(probe);
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
    if (!permissions.equals(PosixFilePermissions.fromString("rwx------"))) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
    return directory;
  }

  private static FileAttribute<?>[] only(String permissions) {
    return posix()
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean posix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }
}
