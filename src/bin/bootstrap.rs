//! The AWS Lambda: asks the runtime API for events, and purges what each of them tells.
//!
//! Nothing but the rim: configuration and environment are read once, each invocation runs on a thread of its own, since the engine has its
//! own runtime, and what became of it is one line of JSON on stdout.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use diffpurge::config::{Config, Environment, FILE_NAME};
use diffpurge::engine::Error;
use diffpurge::lambda::{Invocation, Invoked, invoked};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::{Value, json};

/// The variable that names the configuration.
const VARIABLE: &str = "DIFFPURGE_CONFIG";

/// The things that all invocations share.
struct Rim {
    config: Config,
    environment: Environment,
}

fn main() -> ExitCode {
    let ended = rim().and_then(serve);
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(log) => {
            // Where nobody reads it, the exit code is left.
            let _unread = said(&log);
            ExitCode::FAILURE
        }
    }
}

/// Reads the configuration that lies beside the binary, or where the environment says.
fn rim() -> Result<Rim, Value> {
    let environment = Environment::capture();
    let named = environment.get(VARIABLE).map_err(|e| unusable(&e.into()))?.map(PathBuf::from);
    let file = match named {
        Some(file) => file,
        None => std::env::current_exe().map_err(|e| wrong(&e))?.with_file_name(FILE_NAME),
    };
    let config = Config::load(&file).map_err(|e| unusable(&e.into()))?;
    Ok(Rim { config, environment })
}

/// Returns the log line of an error of the engine.
fn unusable(error: &Error) -> Value {
    json!({ "level": "error", "error": error.to_string(), "hint": error.hint() })
}

/// Returns the log line of any other error.
fn wrong(error: &dyn std::fmt::Display) -> Value {
    json!({ "level": "error", "error": error.to_string() })
}

/// Answers events until the process is ended.
fn serve(rim: Rim) -> Result<(), Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| wrong(&e))?;
    let rim = Arc::new(rim);
    let service = service_fn(move |event: LambdaEvent<Value>| answer(Arc::clone(&rim), event));
    runtime.block_on(lambda_runtime::run(service)).map_err(|e| wrong(&e))
}

async fn answer(rim: Arc<Rim>, event: LambdaEvent<Value>) -> Result<Value, lambda_runtime::Error> {
    let LambdaEvent { payload, context } = event;
    let Invoked { answer, log } = tokio::task::spawn_blocking(move || {
        invoked(&Invocation {
            event: &payload,
            id: &context.request_id,
            // A deadline that has passed leaves no time.
            time: context.deadline().duration_since(SystemTime::now()).unwrap_or(Duration::ZERO),
            config: &rim.config,
            environment: &rim.environment,
        })
    })
    .await?;
    said(&log)?;
    answer.map_err(Into::into)
}

/// Writes one line.
fn said(log: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(format!("{log}\n").as_bytes())?;
    out.flush()
}
