//! `modeldb run` and `modeldb import`: what the Python package does, in the Python that it is
//! installed for.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use modeldb_warehouse::{Error, Result};

/// Runs `python -m modeldb` with the command and its arguments, in place of this process where the
/// system can do that; answers the exit code where it cannot.
pub fn run(command: &str, arguments: &[OsString], program: Option<&Path>) -> Result<u8> {
    let python = python(program);
    let mut module = Command::new(&python);
    module.args(["-m", "modeldb", command]).args(arguments);
    let failed = |error: std::io::Error| {
        Error::Invalid(format!(
            "modeldb {command} needs Python with the package modeldb; {} does not run: {error}",
            python.display()
        ))
    };
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        Err(failed(module.exec()))
    }
    #[cfg(not(unix))]
    {
        let status = module.status().map_err(failed)?;
        Ok(status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .unwrap_or(1))
    }
}

/// The Python beside the program, as in an environment that pip installs into; else the one in the
/// path.
fn python(program: Option<&Path>) -> PathBuf {
    let beside = program.and_then(Path::parent).into_iter();
    beside
        .flat_map(|directory| ["python3", "python", "python.exe"].map(|name| directory.join(name)))
        .find(|python| python.exists())
        .unwrap_or_else(|| PathBuf::from("python3"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_python_beside_the_program_is_taken() {
        let directory = tempfile::tempdir().unwrap();
        let program = directory.path().join("modeldb");
        assert_eq!(python(Some(&program)), PathBuf::from("python3"));
        std::fs::write(directory.path().join("python3"), "").unwrap();
        assert_eq!(python(Some(&program)), directory.path().join("python3"));
        assert_eq!(python(None), PathBuf::from("python3"));
    }
}
