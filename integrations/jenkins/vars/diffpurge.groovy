// A step of a Jenkins shared library: runs diffpurge in the workspace, on an agent with sh, git and curl.
//
//   diffpurge(command: 'purge')
//
// Give CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID in the stage's `environment`. The options reach the shell as variables, and never
// become a part of its text.
def call(Map options = [:]) {
    def defaults = [
        command: 'plan',
        config: 'purge.toml',
        sites: '',
        args: '',
        version: '0.1.0',
        releases: 'https://github.com/diffpurge/diffpurge/releases/download',
        installer: 'https://raw.githubusercontent.com/diffpurge/diffpurge/v0.1.0/install.sh',
    ]
    def unknown = options.keySet() - defaults.keySet()
    if (unknown) {
        error "diffpurge has no option ${unknown.join(', ')}; its options are ${defaults.keySet().join(', ')}"
    }
    def values = defaults + options
    withEnv(values.collect { name, value -> "DIFFPURGE_${name.toUpperCase()}=${value}" }) {
        sh label: "diffpurge ${values.command}", script: '''
            set -eu
            if ! command -v diffpurge >/dev/null; then
              installer=$(mktemp)
              curl --fail --silent --show-error --location --output "$installer" "$DIFFPURGE_INSTALLER"
              sh "$installer" --from "$DIFFPURGE_RELEASES" --version "$DIFFPURGE_VERSION" --to "$HOME/.local/bin"
              PATH="$HOME/.local/bin:$PATH"
            fi
            set -f
            set -- "$DIFFPURGE_COMMAND" --config "$DIFFPURGE_CONFIG"
            for site in $DIFFPURGE_SITES; do set -- "$@" --site "$site"; done
            for word in $DIFFPURGE_ARGS; do set -- "$@" "$word"; done
            diffpurge "$@"
        '''
    }
}
