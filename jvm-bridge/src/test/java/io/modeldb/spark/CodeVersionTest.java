package io.modeldb.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodeVersionTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final String OTHER = "ffffffffffffffffffffffffffffffffffffffff";

  @TempDir Path root;

  @Test
  void aBranchWhoseRefIsAFile() throws IOException {
    write(".git/HEAD", "ref: refs/heads/main\n");
    write(".git/refs/heads/main", COMMIT + "\n");
    assertEquals(COMMIT, CodeVersion.of(Files.createDirectories(root.resolve("a/b"))));
  }

  @Test
  void aPackedRefAndADetachedHead() throws IOException {
    write(".git/HEAD", "ref: refs/heads/main\n");
    write(
        ".git/packed-refs",
        "# pack-refs with: peeled\n" + OTHER + " refs/heads/m\n" + COMMIT + " refs/heads/main\n");
    assertEquals(COMMIT, CodeVersion.of(root));
    write(".git/HEAD", OTHER + "\n");
    assertEquals(OTHER, CodeVersion.of(root));
  }

  @Test
  void aWorktree() throws IOException {
    write("main/.git/worktrees/w/HEAD", "ref: refs/heads/w\n");
    write("main/.git/worktrees/w/commondir", "../..\n");
    write("main/.git/refs/heads/w", COMMIT + "\n");
    write("w/.git", "gitdir: " + root.resolve("main/.git/worktrees/w") + "\n");
    assertEquals(COMMIT, CodeVersion.of(root.resolve("w")));
    write("w/.git", "gitdir: ../main/.git/worktrees/w\n");
    assertEquals(COMMIT, CodeVersion.of(root.resolve("w")));
  }

  @Test
  void whatIsNoRepositoryHasNone() throws IOException {
    write(".git", "nonsense");
    assertEquals("", CodeVersion.of(root));
    Files.delete(root.resolve(".git"));
    write(".git/HEAD", "ref: refs/heads/../../secret\n");
    write("secret", COMMIT);
    assertEquals("", CodeVersion.of(root));
    write(".git/HEAD", "ref: refs/heads/unborn\n");
    assertEquals("", CodeVersion.of(root));
    write(".git/HEAD", "not a commit\n");
    assertEquals("", CodeVersion.of(root));
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.write(path, text.getBytes(StandardCharsets.UTF_8));
  }
}
