from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped library
    """Hashed file names, also inside the `import` lines of ES modules."""

    support_js_module_import_aggregation = True
    # A name goes up one step of the imports a pass where files are met in an unlucky order, and
    # modules import each other over more steps than Django expects.
    max_post_process_passes = 30
