package io.modeldb.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactionTest {
  private final Redaction redaction = new Redaction("(?i)company-internal");

  @ParameterizedTest
  @CsvSource({
    "spark.hadoop.fs.s3a.secret.key, hunter2",
    "spark.hadoop.fs.s3a.access.key, hunter2",
    "spark.ssl.keyPassword, hunter2",
    "spark.modeldb.token, hunter2",
    "spark.hadoop.fs.azure.account.key.a.dfs.core.windows.net, hunter2",
    "my.API_KEY, hunter2",
    "my.setting, company-internal hunter2",
    "my.company-internal.setting, hunter2",
    "spark.driver.extraJavaOptions, -Dapp.password=hunter2",
    "spark.jdbc.url, jdbc:postgresql://me:hunter2@db/x",
    "spark.jdbc.url, jdbc:postgresql://db/x?user=me&password=hunter2",
    "spark.blob, https://a.blob/x?sig=hunter2&se=1",
  })
  void hidesSettings(String key, String value) {
    assertFalse(redaction.setting(key, value).contains("hunter2"), redaction.setting(key, value));
  }

  @ParameterizedTest
  @CsvSource({
    "org.apache.spark.deploy.SparkSubmit --conf spark.x.password=hunter2 a.py",
    "a.py --password hunter2 --out x",
    "a.py --db-token=hunter2",
    "a.py PASSWORD=hunter2 x",
    "a.py postgres://me:hunter2@db/x",
  })
  void hidesArguments(String command) {
    assertFalse(redaction.command(command).contains("hunter2"), redaction.command(command));
  }

  @Test
  void leavesTheRestAsItIs() {
    assertEquals("4g", redaction.setting("spark.driver.memory", "4g"));
    assertEquals(
        "a.py --rows 10 --out s3://b/x", redaction.command("a.py --rows 10 --out s3://b/x"));
    assertEquals(
        "a.py --password " + Redaction.HIDDEN + " --out x",
        redaction.command("a.py --password hunter2 --out x"));
    assertEquals("v", new Redaction("(broken").setting("k", "v"));
  }
}
