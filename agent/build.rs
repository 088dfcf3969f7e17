//! Says so where the program is built without its page.

fn main() {
    println!("cargo::rerun-if-changed=../web/dist");
    if !std::path::Path::new("../web/dist/index.html").exists() {
        println!(
            "cargo::warning=web/dist is not there: the agent will serve its API without the \
             page. To have it: npm ci && npm run build, in web/"
        );
    }
}
