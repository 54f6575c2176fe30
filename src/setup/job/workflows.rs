//! The texts of the jobs for GitHub's workflows, and for those of Forgejo and Gitea, which are made like them. As in [`super::texts`].

/// <https://docs.github.com/actions/writing-workflows>
pub(super) const GITHUB: &str = r"  purge:
    needs: @needs
    if: @if
    runs-on: ubuntu-latest
    concurrency: purge            # one at a time
    permissions:
      contents: write             # for the mark, a ref that is pushed to @remote
    steps:
      - uses: actions/checkout@v7
      - run: @install
      - run: @purge
        env:
          CLOUDFLARE_API_TOKEN: ${{ secrets.CLOUDFLARE_API_TOKEN }}
          CLOUDFLARE_ZONE_ID: ${{ vars.CLOUDFLARE_ZONE_ID }}
";

/// A cache of GitHub's never changes, so that each run has one of its own.
pub(super) const GITHUB_FILE: &str = r"  purge:
    needs: @needs
    if: @if
    runs-on: ubuntu-latest
    concurrency: purge            # one at a time: two would begin with the same mark
    steps:
      - uses: actions/checkout@v7
      - run: @install
      - uses: actions/cache/restore@v5
        with:
          path: @marks
          key: diffpurge-${{ github.run_id }}-${{ github.run_attempt }}
          restore-keys: diffpurge-
      - run: @build   # or download what @job built
      - run: @purge
        env:
          CLOUDFLARE_API_TOKEN: ${{ secrets.CLOUDFLARE_API_TOKEN }}
          CLOUDFLARE_ZONE_ID: ${{ vars.CLOUDFLARE_ZONE_ID }}
      - uses: actions/cache/save@v5
        if: always()              # also of a run that failed: it has noted what is live
        with:
          path: @marks
          key: diffpurge-${{ github.run_id }}-${{ github.run_attempt }}
";

/// <https://forgejo.org/docs/latest/user/actions/reference/>; a job's own token may push.
pub(super) const FORGEJO: &str = r"  purge:
    needs: @needs
    if: @if
    runs-on: docker               # a label of your runner
    steps:
      - uses: actions/checkout@v4
      - run: @install
      - run: @purge               # the job's token may push the mark to @remote
        env:
          CLOUDFLARE_API_TOKEN: ${{ secrets.CLOUDFLARE_API_TOKEN }}
          CLOUDFLARE_ZONE_ID: ${{ vars.CLOUDFLARE_ZONE_ID }}
";

pub(super) const FORGEJO_FILE: &str = r"  purge:
    needs: @needs
    if: @if
    runs-on: docker               # a label of your runner
    steps:
      - uses: actions/checkout@v4
      - run: @install
      - uses: actions/cache/restore@v4
        with:
          path: @marks
          key: diffpurge-${{ github.run_id }}
          restore-keys: diffpurge-
      - run: @build               # or download what @job built
      - run: @purge
        env:
          CLOUDFLARE_API_TOKEN: ${{ secrets.CLOUDFLARE_API_TOKEN }}
          CLOUDFLARE_ZONE_ID: ${{ vars.CLOUDFLARE_ZONE_ID }}
      - uses: actions/cache/save@v4
        if: always()              # also of a run that failed: it has noted what is live
        with:
          path: @marks
          key: diffpurge-${{ github.run_id }}
";
