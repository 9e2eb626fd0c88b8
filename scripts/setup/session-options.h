// Included before every file of the TensorFlow binding, which creates its sessions with default options. With
// PAWL_GRAPH_OPTIMIZER=0, TensorFlow does not rewrite the graph of a session before it compiles it (Grappler). Pawl's
// graphs gain nothing by that: XLA and oneDNN do the same work, and tests that resume small trainings spent about half of
// their time in it.
#pragma once
#include <cstdlib>
#include <cstring>

#include "tensorflow/c/c_api.h"

inline TF_SessionOptions* PawlNewSessionOptions() {
  TF_SessionOptions* options = TF_NewSessionOptions();
  const char* optimizer = std::getenv("PAWL_GRAPH_OPTIMIZER");
  if (optimizer != nullptr && std::strcmp(optimizer, "0") == 0) {
    // ConfigProto, serialized: graph_options (10) { rewrite_options (10) { disable_meta_optimizer (19): true } }
    static const unsigned char config[] = {0x52, 0x05, 0x52, 0x03, 0x98, 0x01, 0x01};
    TF_Status* status = TF_NewStatus();
    TF_SetConfig(options, config, sizeof config, status);
    if (TF_GetCode(status) != TF_OK) std::abort();
    TF_DeleteStatus(status);
  }
  return options;
}
#define TF_NewSessionOptions PawlNewSessionOptions
